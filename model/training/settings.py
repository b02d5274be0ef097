# SPDX-License-Identifier: LGPL-2.1-or-later
"""Settings of a stage: a dataclass with defaults, a table of a TOML file, and KEY=VALUE on the
command line, each over the one before."""
import dataclasses
import tomllib


class SettingsError(Exception):
    """A setting that does not exist or has a wrong value; says which."""


def key(default, text):
    """A field of a settings dataclass; `text` is what --help says of it."""
    return dataclasses.field(default=default, metadata={"help": text})


def converted(field, value, where):
    """`value` (from TOML, or a string from the command line) in the type of `field`'s default."""
    kind = type(field.default)
    try:
        if kind is bool:
            if isinstance(value, str):
                value = {"true": True, "false": False}[value.lower()]
            if not isinstance(value, bool):
                raise ValueError
            return value
        if kind is tuple:
            return tuple(value.split(",")) if isinstance(value, str) else tuple(value)
        if isinstance(value, bool) or isinstance(value, str) and kind is not str and not value:
            raise ValueError
        if kind is int and float(value) != int(float(value)):
            raise ValueError
        return kind(float(value)) if kind is int else kind(value)
    except (KeyError, TypeError, ValueError):
        raise SettingsError(f"{where}: {field.name} is {value!r}, not a {kind.__name__}") from None


def read(cls, path, table, assignments=()):
    """An instance of the dataclass `cls` from [table] of the TOML file `path` (None: defaults) and
    `assignments`, strings "key=value". Raises SettingsError."""
    fields = {field.name: field for field in dataclasses.fields(cls)}
    values = {}
    given = []
    if path is not None:
        try:
            with open(path, "rb") as file:
                given = [(name, value, f"{path}, [{table}]")
                         for name, value in tomllib.load(file).get(table, {}).items()]
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"{path}: {error}") from None
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals:
            raise SettingsError(f"--set {text}: not KEY=VALUE")
        given.append((name.strip(), value.strip(), "--set"))
    for name, value, where in given:
        if name not in fields:
            raise SettingsError(f"{where}: there is no setting {name}; there are "
                                + ", ".join(fields))
        values[name] = converted(fields[name], value, where)
    return cls(**values)


def described(cls):
    """The settings of `cls`, a line each, for --help."""
    lines = ["settings ([table] of --config, or --set KEY=VALUE):"]
    for field in dataclasses.fields(cls):
        default = ",".join(field.default) if isinstance(field.default, tuple) else field.default
        lines.append(f"  {field.name} = {default}\n        {field.metadata['help']}")
    return "\n".join(lines)
