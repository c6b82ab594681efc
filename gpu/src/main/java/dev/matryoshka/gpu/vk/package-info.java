/** Thin Vulkan: instance, device, memory, pipelines, command buffers. Knows nothing of the model. */
@NullMarked
package dev.matryoshka.gpu.vk;

import org.jspecify.annotations.NullMarked;
