"""Pushing a plan to a device that loses, refuses and restarts; what it holds, as text; the templates."""

import binascii
import json
import re

import pytest

from dermaroller.cli_plan import TEMPLATES, template_text
from dermaroller.device import Device
from dermaroller.errors import DeviceRefused, PlanError, UsageError
from dermaroller.link.answers import HeldPlan
from dermaroller.log.header import ForceWindow, Head, Limits, Zone
from dermaroller.plan import Plan
from dermaroller.plan_content import PlanContent
from dermaroller.plan_link import PIECE_BYTES, push
from dermaroller.plan_text import as_toml
from dermaroller.sim.example import FACE, SCALP
from roller import plan as device_plan
from roller import wire

from .fake_device import HARMS, Every, FakeDevice, check_honest, framed

LONGEST = FACE.plan_toml + '[[zone]]\nname = "Ohr \\"links\\" 左"\narea_cm2 = 12.34\ntarget_density_per_cm2 = 0.3\n'


class PlanDevice(FakeDevice):
    """A fake that takes plans as the firmware does (tests/roller/test_planning.py)."""

    def __init__(self, **settings):
        super().__init__({}, **settings)
        self.plan = None
        self.staged = b""
        self.busy = False
        self.forgets = 0  # so many times it restarts before a commit
        self.keeps = lambda plan: plan

    def _reply(self, tag, text):
        verb, *words = text.split()
        if verb != "plan":
            return super()._reply(tag, text)
        try:
            kind, answer = wire.JSON, self._serve(words)
        except LookupError as error:
            kind, answer = wire.ERROR, {"error": error.args[0], "text": "no"}
        payload = json.dumps(answer).encode()
        check_honest(text, kind, payload)
        return framed(tag, kind, payload)

    def _serve(self, words):
        if not words:
            return {"plan": self.plan, "error": None}
        if self.busy:
            raise LookupError("busy")
        if words[0] == "put":
            at, piece = int(words[1]), binascii.a2b_base64(words[2])
            if at > len(self.staged):
                raise LookupError("offset")
            self.staged = self.staged[:at] + piece
            return {"staged": len(self.staged)}
        elif words[0] == "commit":
            self._commit(words)
        else:
            self.plan = None
        return {"plan": self.plan, "error": None}

    def _commit(self, words):
        if self.forgets:
            self.forgets -= 1
            self.staged = b""
        if str(len(self.staged)) != words[1] or f"{binascii.crc32(self.staged):08x}" != words[2]:
            raise LookupError("staged")
        device_plan.parse(self.staged, 32)
        self.plan, self.staged = self.keeps(json.loads(self.staged)), b""


def device(fake):
    return Device(fake, "fake", silence_s=0.01)


@pytest.mark.parametrize("text", [FACE.plan_toml, SCALP.plan_toml, LONGEST])
def test_a_plan_arrives_as_it_is(text):
    fake, plan = PlanDevice(), Plan.parse(text)
    assert push(device(fake), plan)
    assert fake.plan == plan.as_json()
    assert not push(device(fake), plan)
    pieces = [request for request in fake.requests if request.startswith("plan put")]
    assert len(pieces) == -(-len(plan.device_json()) // PIECE_BYTES)
    device(fake).clear_plan()
    assert device(fake).plan() == HeldPlan(plan=None, error=None)


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_a_plan_arrives_over_a_bad_line(harm):
    fake, plan = PlanDevice(spoil=Every(3, harm)), Plan.parse(LONGEST)
    assert push(device(fake), plan)
    assert fake.plan == plan.as_json()


def test_a_device_that_restarts_is_sent_it_again():
    fake, plan = PlanDevice(), Plan.parse(FACE.plan_toml)
    fake.forgets = 2
    assert push(device(fake), plan)
    fake.forgets, fake.plan = 9, None
    with pytest.raises(PlanError, match=r"fake does not hold plan after 3 tries; push it again\. It said last"):
        push(device(fake), plan)
    assert fake.plan is None


def test_what_the_device_keeps_is_compared():
    fake = PlanDevice()
    fake.keeps = lambda plan: {**plan, "subject": "P-1"}
    with pytest.raises(PlanError, match="does not hold"):
        push(device(fake), Plan.parse(FACE.plan_toml))


def test_a_device_with_an_open_session_refuses():
    fake = PlanDevice()
    fake.busy = True
    with pytest.raises(DeviceRefused) as caught:
        push(device(fake), Plan.parse(FACE.plan_toml))
    assert caught.value.reason == "busy"


@pytest.mark.parametrize("text", [FACE.plan_toml, LONGEST, 'subject="x"\n' + LONGEST[LONGEST.index("[[zone]]") :]])
def test_a_plan_as_text_is_the_same_plan(text):
    plan = Plan.parse(text)
    assert Plan.parse(as_toml(plan.content), plan.name) == plan


def test_the_text_of_a_plan():
    zones = (Zone("a", 1234, 1505),)
    plan = PlanContent(1, "P-1", Head(), ForceWindow(600, 6500), Limits(max_density_per_cm2_x10=3000), zones)
    assert as_toml(plan) == (
        'subject = "P-1"\n[force]\nlow_n = 0.6\nhigh_n = 6.5\n[limits]\nmax_density_per_cm2 = 300\n'
        '[[zone]]\nname = "a"\narea_cm2 = 12.34\ntarget_density_per_cm2 = 150.5\n'
    )


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_refused_until_it_is_filled_in(name):
    text = template_text(name)
    n = text.count('= "FILL IN"')
    for _ in range(n):
        with pytest.raises(PlanError, match=rf"{name}.toml, line \d+: \w+ is still to be filled in\."):
            Plan.parse(text, f"{name}.toml")
        line = next(line for line in text.splitlines() if '= "FILL IN"' in line)
        is_number = re.match(r"area|target|needle_length", line)
        text = text.replace('= "FILL IN"', "= 1.5" if is_number else '= "A-1"', 1)
    assert len(Plan.parse(text).as_json()["zones"]) >= 2


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_number_of_a_template_has_a_source_or_is_to_be_filled_in(name):
    for line in template_text(name).splitlines():
        if re.match(r"\w+ = [\d.]", line):
            assert re.search(r"#.*\[[VDU]\]", line), line


def test_there_is_no_such_template():
    with pytest.raises(UsageError, match="there is no template 'hand'; there are face, scalp, body"):
        template_text("hand")


def test_the_commands(command, serve, tmp_path):
    plan, out = tmp_path / "face.toml", tmp_path / "new.toml"
    plan.write_text(FACE.plan_toml)
    with serve(PlanDevice()) as path:
        assert "works freely, without zones and limits; it holds no plan" in command("-p", path, "plan", "show")[1]
        assert command("-p", path, "plan", "push", plan)[1].startswith(f"{path} now holds {plan}. forehead to 180")
        assert "already held" in command("-p", path, "plan", "push", plan)[1]
        assert json.loads(command("-p", path, "plan", "push", plan, "--json")[1])["is_new"] is False
        shown = command("-p", path, "plan", "show")[1]
        assert Plan.parse(shown).as_json() == FACE.plan.as_json()
        assert json.loads(command("-p", path, "--json", "plan", "show")[1])["plan"] == FACE.plan.as_json()
        assert "holds no plan any more" in command("-p", path, "plan", "clear")[1]
    assert command("plan", "template", "scalp")[1] == template_text("scalp")
    assert "replace each" in command("plan", "template", "face", "--out", out)[2]
    code, _, err = command("plan", "check", out)
    assert (code, err) == (11, f"dermaroller: {out}, line 7: subject is still to be filled in.\n")
    assert command("plan", "template", "face", "--out", out)[0] == 2
    assert command("plan", "template", "face", "--out", tmp_path)[0] == 2
    assert command("plan", "template", "face", "--out", tmp_path / "no" / "x.toml")[0] == 2
