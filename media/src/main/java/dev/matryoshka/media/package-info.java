/** What kind of picture or sound a file is. */
@NullMarked
package dev.matryoshka.media;

import org.jspecify.annotations.NullMarked;
