from importlib.metadata import version


def get_version():
    return version("bin-with-python-module")
