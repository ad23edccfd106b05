import json
from .test_adoption import *
def test_x(engine, tmp_path):
    state = states.written(tmp_path / "stack.json", public_programs.aws_py_eks())
    p = project_of(engine, read_stack_state(str(state)))
    r = p.preview()
    out=[]
    for e in r.events:
        for k in ("resourcePreEvent","resOutputsEvent"):
            m=e.get(k,{}).get("metadata",{})
            if m.get("type")=="aws:eks/cluster:Cluster":
                out.append((k,m.get("op"),m.get("diffs"),m.get("detailedDiff"),(m.get("old") or {}).get("inputs"),(m.get("new") or {}).get("inputs")))
    open("/tmp/dbg.json","w").write(json.dumps(out,indent=1))
