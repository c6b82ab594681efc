/** The picture tower: MobileNet-V5 with its fusion adapter. */
@NullMarked
package dev.matryoshka.engine.vision;

import org.jspecify.annotations.NullMarked;
