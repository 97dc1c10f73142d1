import zmq

context = zmq.Context()
here, there = context.socket(zmq.PAIR), context.socket(zmq.PAIR)
here.bind("inproc://demo")
there.connect("inproc://demo")
there.send(b"hello")
assert here.poll(5000)
assert here.recv() == b"hello"
public, secret = zmq.curve_keypair()
assert len(public) == len(secret) == 40
context.destroy()
