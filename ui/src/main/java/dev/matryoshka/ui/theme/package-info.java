/** Colours, fonts, the doll. */
@NullMarked
package dev.matryoshka.ui.theme;

import org.jspecify.annotations.NullMarked;
