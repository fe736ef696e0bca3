import numpy as np
import onnxruntime
import torch
from safetensors.torch import load_file
from torch import nn

EVENTS = ["open", "read", "write", "sync", "close", "<end>"]      # the end of a sequence is one more

class NextEvent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(len(EVENTS), 32, batch_first=True)
        self.fc = nn.Linear(32, len(EVENTS))

    def forward(self, x):
        return self.fc(self.lstm(x)[0])

model = NextEvent().eval()
model.load_state_dict(load_file("../state_dict.safetensors"))
x = torch.eye(len(EVENTS))[[0, 1, 4]][None]                           # open read close
torch.onnx.export(model, (x,), "model.onnx", input_names=["x"], output_names=["logits"],
                  dynamic_axes={"x": {1: "steps"}}, dynamo=False)

logits = onnxruntime.InferenceSession("model.onnx").run(None, {"x": x.numpy()})[0][0, 0]
print(np.exp(logits) / np.exp(logits).sum())                         # what comes after open
