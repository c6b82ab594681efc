/** Fetching from a hub on this machine that behaves badly. */
@NullMarked
package dev.matryoshka.app.hub;

import org.jspecify.annotations.NullMarked;
