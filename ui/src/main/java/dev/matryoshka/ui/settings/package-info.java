/** What the person set, where it is shown and changed. */
@NullMarked
package dev.matryoshka.ui.settings;

import org.jspecify.annotations.NullMarked;
