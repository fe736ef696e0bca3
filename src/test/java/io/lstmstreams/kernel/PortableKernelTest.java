package io.lstmstreams.kernel;

class PortableKernelTest extends KernelContract {

    @Override
    Kernel kernel() {
        return new PortableKernel();
    }
}
