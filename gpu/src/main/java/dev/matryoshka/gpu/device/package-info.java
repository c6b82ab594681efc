/** What Vulkan and OpenCL share below the model: memory, copies, and kernels with all that they work on. */
@NullMarked
package dev.matryoshka.gpu.device;

import org.jspecify.annotations.NullMarked;
