import workspace_inheritance as m

assert m.get_42() == 42
