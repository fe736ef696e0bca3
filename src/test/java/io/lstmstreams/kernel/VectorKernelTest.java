package io.lstmstreams.kernel;

class VectorKernelTest extends KernelContract {

    @Override
    Kernel kernel() {
        return new VectorKernel(false);
    }
}
