#!/usr/bin/env python3
"""Does with pyHanko what happens to a document between our own signatures: reads it from standard input, writes it to standard output.

    step.py '{"fill": {FIELD: VALUE}, "password": …}'                        fills in a form
    step.py '{"number": 2, "key": …, "options": {…}, "password": …}'         signs, as reference.py does
"""
import json
import sys

from reference import fill, sign

step = json.loads(sys.argv[1])
data = sys.stdin.buffer.read()
if "fill" in step:
    data = fill(data, step["fill"], step.get("password"))
else:
    data = sign(data, step["number"], step["key"], step["options"], step.get("password"))
sys.stdout.buffer.write(data)
