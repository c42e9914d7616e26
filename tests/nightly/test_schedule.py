"""A schedule can be installed as it is written: the systems' own checkers say so."""

import os
import shutil
import subprocess
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
import yaml
from lxml import etree

from casebook.errors import InputError
from casebook.nightly import schedule

FOLDERS = ["/srv/casebook", "/srv/Council's 100% $HOME reports", '/srv/a "b" \\c']


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", ["casebook", "Council's 100% $HOME reports", 'a "b"'])
def test_systemd_finds_nothing_wrong_with_its_units(tmp_path, name):
    folder = tmp_path / name
    (folder / ".venv" / "bin").mkdir(parents=True)
    python = folder / ".venv" / "bin" / "python"
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    paths = schedule.written(schedule.of("02:05", "systemd", PurePosixPath(folder)), tmp_path)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", *paths],
        capture_output=True, text=True, check=False, env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    complaints = [line for line in done.stderr.splitlines() if "casebook" in line]
    assert complaints == []
    calendar = [line.partition("=")[2] for line in paths[1].read_text().splitlines() if line.startswith("OnCalendar")]
    shown = subprocess.run(["systemd-analyze", "calendar", *calendar], capture_output=True, text=True, check=False)
    assert "*-*-* 02:05:00" in shown.stdout


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_line_of_cron_runs_in_the_projects_folder_whatever_it_is_called(tmp_path, folder):
    place = tmp_path / folder.lstrip("/")
    (place / ".venv" / "bin").mkdir(parents=True)
    python = place / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$@" > ran\n')
    python.chmod(0o755)
    (line,) = schedule.of("23:59", "cron", PurePosixPath(place)).files["casebook.cron"].decode().splitlines()
    times, command = line.split(" ", 5)[:5], line.split(" ", 5)[5]
    assert times == ["59", "23", "*", "*", "*"]
    # As crontab(5) has it: a per cent sign stands for a new line, unless a backslash is before it.
    assert "%" not in command.replace("\\%", "")
    subprocess.run(["/bin/sh", "-c", command.replace("\\%", "%")], check=True)
    assert (place / "ran").read_text() == "pipeline.py run --scheduled\n"


@pytest.mark.skipif(shutil.which("crontab") is None, reason="cron is not installed")
def test_cron_takes_the_line(tmp_path):
    (path,) = schedule.written(schedule.of("02:00", "cron", PurePosixPath(FOLDERS[1])), tmp_path)
    done = subprocess.run(["crontab", "-n", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_installing_the_line_of_cron_twice_leaves_one_and_other_peoples_lines_alone(tmp_path):
    # A crontab that keeps what it is given in a file.
    kept, crontab = tmp_path / "kept", tmp_path / "crontab"
    crontab.write_text(f'#!/bin/sh\nif [ "$1" = -l ]; then cat "{kept}"; else cat > new && mv new "{kept}"; fi\n')
    crontab.chmod(0o755)
    kept.write_text("0 7 * * 1 backup\n")
    found = schedule.of("02:00", "cron", PurePosixPath("/srv/100% true"))
    schedule.written(found, tmp_path)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    for command in (found.install, found.install):
        shell = ["/bin/sh", "-c", command.format(folder=tmp_path)]
        subprocess.run(shell, check=True, env=environment, cwd=tmp_path)
    lines = kept.read_text().splitlines()
    assert lines[0] == "0 7 * * 1 backup"
    assert len(lines) == 2
    subprocess.run(["/bin/sh", "-c", found.remove], check=True, env=environment, cwd=tmp_path)
    assert kept.read_text() == "0 7 * * 1 backup\n"


# Of the schema of Task Scheduler's files ([MS-TSCH] 2.5), the parts a daily task of one program has.
TASK = """\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"
    targetNamespace="http://schemas.microsoft.com/windows/2004/02/mit/task" elementFormDefault="qualified">
  <xs:element name="Task"><xs:complexType>
    <xs:all>
      <xs:element name="RegistrationInfo" minOccurs="0"><xs:complexType><xs:all>
        <xs:element name="Description" type="xs:string" minOccurs="0"/>
      </xs:all></xs:complexType></xs:element>
      <xs:element name="Triggers" minOccurs="0"><xs:complexType><xs:choice maxOccurs="48">
        <xs:element name="CalendarTrigger"><xs:complexType><xs:sequence>
          <xs:element name="StartBoundary" type="xs:dateTime"/>
          <xs:element name="Enabled" type="xs:boolean" minOccurs="0"/>
          <xs:element name="ScheduleByDay"><xs:complexType><xs:sequence>
            <xs:element name="DaysInterval"><xs:simpleType><xs:restriction base="xs:unsignedInt">
              <xs:minInclusive value="1"/><xs:maxInclusive value="365"/>
            </xs:restriction></xs:simpleType></xs:element>
          </xs:sequence></xs:complexType></xs:element>
        </xs:sequence></xs:complexType></xs:element>
      </xs:choice></xs:complexType></xs:element>
      <xs:element name="Settings" minOccurs="0"><xs:complexType><xs:all>
        <xs:element name="MultipleInstancesPolicy"><xs:simpleType><xs:restriction base="xs:string">
          <xs:enumeration value="Parallel"/><xs:enumeration value="Queue"/><xs:enumeration value="IgnoreNew"/>
        </xs:restriction></xs:simpleType></xs:element>
        <xs:element name="StartWhenAvailable" type="xs:boolean"/>
        <xs:element name="ExecutionTimeLimit" type="xs:duration"/>
      </xs:all></xs:complexType></xs:element>
      <xs:element name="Actions"><xs:complexType><xs:sequence>
        <xs:element name="Exec"><xs:complexType><xs:all>
          <xs:element name="Command" type="xs:string"/>
          <xs:element name="Arguments" type="xs:string" minOccurs="0"/>
          <xs:element name="WorkingDirectory" type="xs:string" minOccurs="0"/>
        </xs:all></xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element>
    </xs:all>
    <xs:attribute name="version" use="required"/>
  </xs:complexType></xs:element>
</xs:schema>
"""


@pytest.mark.parametrize("folder", [r"C:\Casebook", r"D:\Finance & <Children>\100% ours"])
def test_the_task_of_windows_is_what_its_schema_says(folder):
    content = schedule.of("02:00", "windows", PureWindowsPath(folder)).files["casebook.xml"]
    assert content.startswith(b"\xff\xfe"), "schtasks knows the encoding by the byte order mark"
    task = etree.fromstring(content)
    etree.XMLSchema(etree.fromstring(TASK)).assertValid(task)
    said = {etree.QName(one).localname: one.text for one in task.iter()}
    assert said["Command"] == rf"{folder}\.venv\Scripts\python.exe"
    assert said["WorkingDirectory"] == folder
    assert said["StartBoundary"].endswith("T02:00:00")


def test_the_workflow_of_github_gives_the_run_its_secrets_and_no_others():
    content = schedule.of("02:30", "github", PurePosixPath("/x"), ("SMTP_USER", "SMTP_PASSWORD")).files["casebook.yml"]
    workflow = yaml.safe_load(content)
    # YAML 1.1 reads the key "on" as true.
    assert workflow[True]["schedule"] == [{"cron": "30 2 * * *"}]
    assert workflow["permissions"] == {"contents": "read"}
    (run,) = [step for step in workflow["jobs"]["publish"]["steps"] if "--scheduled" in step.get("run", "")]
    assert run["env"] == {name: f"${{{{ secrets.{name} }}}}" for name in ("SMTP_USER", "SMTP_PASSWORD")}
    assert b"env:" not in schedule.of("02:30", "github", PurePosixPath("/x")).files["casebook.yml"]


@pytest.mark.parametrize("at", ["2:00", "24:00", "02:60", "02.00", "٠٢:٠٠", "", "02:00 "])
def test_a_time_that_is_none_is_refused(at):
    with pytest.raises(InputError, match="no time of day"):
        schedule.of(at, "cron", PurePosixPath("/srv"))


def test_a_misspelt_way_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="did you mean systemd"):
        schedule.using("sytemd")
    with pytest.raises(InputError, match="whole path"):
        schedule.pure("casebook", "cron")


def test_the_command_writes_the_files_and_says_how_to_install_them(project):
    done = project.pipeline("schedule", "--at", "02:00", "--using", "systemd")
    assert done.returncode == 0, done.stderr
    units = sorted(path.name for path in (project.root / "build" / "schedule").iterdir())
    assert units == ["casebook.service", "casebook.timer"]
    assert f"systemctl --user link {project.root}/build/schedule/casebook.service" in done.stdout
    assert f"WorkingDirectory={project.root}" in (project.root / "build/schedule/casebook.service").read_text()
    assert Path(project.root / "pipeline.py").is_file()
