/** Models of a hub: their names, the cache that Hugging Face's tools share, and fetching into it. */
@NullMarked
package dev.matryoshka.app.hub;

import org.jspecify.annotations.NullMarked;
