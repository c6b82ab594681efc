/** Answers' Markdown as text that can be selected. */
@NullMarked
package dev.matryoshka.ui.markdown;

import org.jspecify.annotations.NullMarked;
