"""A machine of umockdev's making: starts a program on it, then plugs and unplugs as standard input says, a JSON line each."""

import json
import os
import subprocess
import sys

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev

machine = UMockdev.Testbed.new()
nodes = os.path.join(machine.get_root_dir(), "dev")
program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
try:
    for line in sys.stdin:
        command = json.loads(line)
        if "add" in command:
            os.makedirs(nodes, exist_ok=True)
            # As the kernel does, before it tells of the device.
            for name in command["nodes"]:
                open(os.path.join(nodes, name), "x").close()
            machine.add_from_string(command["add"])
        else:
            node = os.path.join(nodes, os.path.basename(command["remove"]))
            if os.path.exists(node):
                os.remove(node)
            machine.uevent(command["remove"], "remove")
            machine.remove_device(command["remove"])
finally:
    program.terminate()
    program.wait(10)
