/** Layout of the keys and values that a conversation keeps. */
@NullMarked
package dev.matryoshka.engine.cache;

import org.jspecify.annotations.NullMarked;
