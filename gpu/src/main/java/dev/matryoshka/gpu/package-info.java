/** The Vulkan and OpenCL backends: operations to dispatches of kernels. */
@NullMarked
package dev.matryoshka.gpu;

import org.jspecify.annotations.NullMarked;
