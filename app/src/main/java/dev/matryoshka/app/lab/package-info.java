/** Evaluates slices of a model on a file of questions: the Lab. */
@NullMarked
package dev.matryoshka.app.lab;

import org.jspecify.annotations.NullMarked;
