package dev.matryoshka.gpu;

/** Every operation on the OpenCL device. */
final class OpenClParityTest extends ParityTest {
    OpenClParityTest() {
        super("opencl");
    }
}
