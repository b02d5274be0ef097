# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desktop's tray as far as icons need one: prints "item NAME PATH" for each."""

from gi.repository import Gio, GLib

XML = """<node><interface name="org.kde.StatusNotifierWatcher">
<method name="RegisterStatusNotifierItem"><arg type="s" direction="in"/></method>
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
<property name="RegisteredStatusNotifierItems" type="as" access="read"/>
<property name="ProtocolVersion" type="i" access="read"/>
</interface></node>"""
VALUES = {"IsStatusNotifierHostRegistered": GLib.Variant("b", True),
          "RegisteredStatusNotifierItems": GLib.Variant("as", []),
          "ProtocolVersion": GLib.Variant("i", 0)}


def on_call(_bus, sender, _path, _interface, _method, arguments, invocation):
    print("item", sender, arguments[0], flush=True)
    invocation.return_value(None)


def on_get(_bus, _sender, _path, _interface, name):
    return VALUES[name]


def on_bus(bus, _name):
    bus.register_object("/StatusNotifierWatcher", Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0],
                        on_call, on_get, None)


Gio.bus_own_name(Gio.BusType.SESSION, "org.kde.StatusNotifierWatcher",
                 Gio.BusNameOwnerFlags.NONE, on_bus, lambda *_: print("ready", flush=True), None)
GLib.MainLoop().run()
