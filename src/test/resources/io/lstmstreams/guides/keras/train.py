import keras
import numpy as np

EVENTS = ["open", "read", "write", "sync", "close", "<end>"]      # the end of a sequence is one more
SESSIONS = [["open", "read", "close"], ["open", "write", "sync", "close"], ["open", "read", "write", "sync", "close"]]

def one_hot(session):
    return np.eye(len(EVENTS), dtype="float32")[[EVENTS.index(event) for event in session]][None]

keras.utils.set_random_seed(1)
model = keras.Sequential([
    keras.Input((None, len(EVENTS))),                               # any number of steps
    keras.layers.LSTM(32, return_sequences=True),
    keras.layers.Dense(len(EVENTS), activation="softmax"),
])
model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
for epoch in range(200):
    for session in SESSIONS:
        following = [EVENTS.index(event) for event in session[1:]] + [len(EVENTS) - 1]
        model.train_on_batch(one_hot(session), np.array([following]))

model.save("model.keras", include_optimizer=False)
with open("events.txt", "w") as file:
    file.writelines(event + "\n" for event in EVENTS[:-1])
print(model.predict(one_hot(["open", "read", "close"]), verbose=0)[0, 0])      # what comes after open
