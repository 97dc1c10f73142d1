import pyaudio

# Where there is no sound card at all, PortAudio cannot be started.
assert "PortAudio" in pyaudio.get_portaudio_version_text()
assert pyaudio.get_sample_size(pyaudio.paInt16) == 2
assert pyaudio.get_format_from_width(4) in (pyaudio.paInt32, pyaudio.paFloat32)
