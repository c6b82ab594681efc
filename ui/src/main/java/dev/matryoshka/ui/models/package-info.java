/** The page of models and devices: what there is, what it takes, which one answers. */
@NullMarked
package dev.matryoshka.ui.models;

import org.jspecify.annotations.NullMarked;
