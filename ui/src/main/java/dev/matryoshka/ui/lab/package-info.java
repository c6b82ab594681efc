/** The page that shows what the sizes of a model are worth. */
@NullMarked
package dev.matryoshka.ui.lab;

import org.jspecify.annotations.NullMarked;
