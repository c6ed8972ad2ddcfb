"""A machine of umockdev's making: starts a program on it, then plugs and unplugs as standard input says, a JSON line each."""

import json
import subprocess
import sys

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev

machine = UMockdev.Testbed.new()
program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
for line in sys.stdin:
    command = json.loads(line)
    if "add" in command:
        machine.add_from_string(command["add"])
    else:
        machine.uevent(command["remove"], "remove")
        machine.remove_device(command["remove"])
program.terminate()
program.wait(10)
