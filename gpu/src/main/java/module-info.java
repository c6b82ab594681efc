/** Runs the model on a GPU through Vulkan or OpenCL. Found by its service, so it exports nothing. */
module dev.matryoshka.gpu {
    requires dev.matryoshka.engine;
    requires jdk.management;
    requires org.lwjgl;
    requires org.lwjgl.opencl;
    requires org.lwjgl.vulkan;
    requires org.lwjgl.vma;

    provides dev.matryoshka.engine.backend.BackendProvider with
            dev.matryoshka.gpu.OpenClBackendProvider,
            dev.matryoshka.gpu.VulkanBackendProvider;
}
