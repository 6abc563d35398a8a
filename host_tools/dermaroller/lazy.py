"""A group of commands that loads a command's module only when that command is called: a start should cost little.

Names and help lines stand in a table, so that help and completion need no module. Options of the group that its table
of commands shares are taken before and after a command's name.
"""

import re
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

_EXAMPLES = re.compile(r"\s+(?P<word>Examples?): (?P<list>[^\n].*)\Z", re.DOTALL)


class LazyGroup(TyperGroup):
    """Subclasses give `homes`, {command: (module, help line)}, and `shared`, the options that all commands take."""

    homes: ClassVar[dict[str, tuple[str, str]]] = {}
    shared: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (_, line) in self.homes.items():
            self.commands[name] = TyperCommand(name, help=line)  # stands there until the real one is called

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The command that the arguments name, its module loaded."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and self.load(args[0]), rest

    def load(self, name: str) -> Any:
        """The command itself."""
        app = typer.Typer(rich_markup_mode=self.rich_markup_mode)
        import_module(f"dermaroller.{self.homes[name][0]}").add_to(app)
        command = get_group(app).commands[name]
        self._finish(command)
        return command

    def _finish(self, command: Any) -> None:
        command.params += [param for param in self.params if set(param.opts) & set(self.shared)]
        command.help = examples_apart(command.help)
        for each in getattr(command, "commands", {}).values():
            self._finish(each)


def examples_apart(text: str | None) -> str | None:
    """A help text with the example at its end as lines of their own, which are not wrapped: they can be copied."""
    if not text or not (found := _EXAMPLES.search(text)):
        return text
    examples = " ".join(found["list"].split()).split("; ")
    return "\n".join([text[: found.start()], "", "\b", f"{found['word']}:", *(f"  {each}" for each in examples)])
