/** Runs the model on a GPU through Vulkan. Found by its service; exports nothing but what tests of other modules need. */
module dev.matryoshka.gpu {
    requires dev.matryoshka.engine;
    requires org.lwjgl;
    requires org.lwjgl.vulkan;
    requires org.lwjgl.vma;

    provides dev.matryoshka.engine.backend.BackendProvider with
            dev.matryoshka.gpu.VulkanBackendProvider;
}
