package dev.matryoshka.gpu;

/** Every operation on the Vulkan device, validation layer watching. */
final class VulkanParityTest extends ParityTest {
    VulkanParityTest() {
        super("vulkan");
    }
}
