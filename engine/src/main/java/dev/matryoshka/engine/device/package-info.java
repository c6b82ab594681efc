/** Which device computes: what there is, how fast it was measured, and which follows from that. */
@NullMarked
package dev.matryoshka.engine.device;

import org.jspecify.annotations.NullMarked;
