import torch
from torch import nn
from safetensors.torch import save_file

EVENTS = ["open", "read", "write", "sync", "close", "<end>"]      # the end of a sequence is one more
SESSIONS = [["open", "read", "close"], ["open", "write", "sync", "close"], ["open", "read", "write", "sync", "close"]]

class NextEvent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(len(EVENTS), 32, batch_first=True)
        self.fc = nn.Linear(32, len(EVENTS))

    def forward(self, x):                                            # logits; the softmax is in the loss
        return self.fc(self.lstm(x)[0])

torch.manual_seed(1)
model, loss = NextEvent(), nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(200):
    for session in SESSIONS:
        indices = torch.tensor([EVENTS.index(event) for event in session])
        x = nn.functional.one_hot(indices, len(EVENTS)).float()[None]
        following = torch.cat([indices[1:], torch.tensor([len(EVENTS) - 1])])
        optimizer.zero_grad()
        loss(model(x)[0], following).backward()
        optimizer.step()

save_file(model.state_dict(), "state_dict.safetensors")
with open("events.txt", "w") as file:
    file.writelines(event + "\n" for event in EVENTS[:-1])
x = nn.functional.one_hot(torch.tensor([0, 1, 4]), len(EVENTS)).float()[None]
print(torch.softmax(model(x)[0], -1)[0])                             # after "open"
