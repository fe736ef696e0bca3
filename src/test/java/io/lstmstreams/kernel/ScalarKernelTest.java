package io.lstmstreams.kernel;

class ScalarKernelTest extends KernelContract {

    @Override
    Kernel kernel() {
        return new ScalarKernel();
    }
}
