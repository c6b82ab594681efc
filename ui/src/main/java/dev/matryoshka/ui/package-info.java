/** The window. */
@NullMarked
package dev.matryoshka.ui;

import org.jspecify.annotations.NullMarked;
