import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.python.keras.layers.legacy_rnn import rnn_cell_impl as rnn_cell      # in TensorFlow 1: tf.nn.rnn_cell

EVENTS = ["open", "read", "write", "sync", "close", "<end>"]      # the end of a sequence is one more
SESSIONS = [["open", "read", "close"], ["open", "write", "sync", "close"], ["open", "read", "write", "sync", "close"]]

tf.disable_v2_behavior()
tf.set_random_seed(1)
x = tf.placeholder(tf.float32, [1, None, len(EVENTS)])            # one-hot, any number of steps
following = tf.placeholder(tf.int32, [1, None])
cell = rnn_cell.LSTMCell(num_units=32, forget_bias=1.0)
outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
softmax_w = tf.get_variable("softmax_w", [32, len(EVENTS)])
softmax_b = tf.get_variable("softmax_b", [len(EVENTS)])
logits = tf.tensordot(outputs, softmax_w, 1) + softmax_b
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=following, logits=logits))
train = tf.train.AdamOptimizer(0.01).minimize(loss)

def one_hot(session):
    return np.eye(len(EVENTS), dtype="float32")[[EVENTS.index(event) for event in session]][None]

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for epoch in range(200):
        for events in SESSIONS:
            labels = [EVENTS.index(event) for event in events[1:]] + [len(EVENTS) - 1]
            session.run(train, {x: one_hot(events), following: [labels]})
    tf.train.Saver(tf.trainable_variables()).save(session, "./model.ckpt", write_meta_graph=False)
    with open("events.txt", "w") as file:
        file.writelines(event + "\n" for event in EVENTS[:-1])
    print(session.run(tf.nn.softmax(logits), {x: one_hot(["open", "read", "close"])})[0, 0])      # what comes after open
