/** The Vulkan backend: operations to dispatches of compute shaders. */
@NullMarked
package dev.matryoshka.gpu;

import org.jspecify.annotations.NullMarked;
