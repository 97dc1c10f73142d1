import h5py
import numpy

with h5py.File("demo.h5", "w", driver="core", backing_store=False) as file:
    data = file.create_dataset("data", data=numpy.arange(1000), compression="gzip")
    assert data[...].sum() == 499500
assert h5py.version.hdf5_version
