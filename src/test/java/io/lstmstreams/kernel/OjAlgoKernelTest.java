package io.lstmstreams.kernel;

class OjAlgoKernelTest extends KernelContract {

    @Override
    Kernel kernel() {
        return new OjAlgoKernel();
    }
}
