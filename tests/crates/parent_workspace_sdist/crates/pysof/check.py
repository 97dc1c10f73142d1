import pysof

assert pysof.get_42() == 42
