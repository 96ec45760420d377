# Untried: written from Microsoft's manual, never run on Windows.
# Starts modelops with Windows, as a task of the account LocalService. It is no service in the sense of "sc.exe create", which asks for a program
# that speaks to the service control manager; modelops does not.
# In a PowerShell of an administrator:  .\modelops-task.ps1 [-Folder "C:\Program Files\ModelOps"] [-State "C:\ProgramData\ModelOps"] [-Remove]
param(
    [string]$Folder = "$env:ProgramFiles\ModelOps",
    [string]$State = "$env:ProgramData\ModelOps",
    [switch]$Remove
)
$ErrorActionPreference = 'Stop'
$name = 'ModelOps'

if ($Remove) {
    Stop-ScheduledTask -TaskName $name -ErrorAction SilentlyContinue
    Unregister-ScheduledTask -TaskName $name -Confirm:$false
    Write-Output "The task $name is removed. Models and state stay in $State."
    return
}

$program = Join-Path $Folder 'modelops.exe'
if (-not (Test-Path $program)) { throw "$program is not there: unpack the archive into $Folder, or say where it is with -Folder" }
New-Item -ItemType Directory -Force $State | Out-Null
icacls $State /inheritance:r /grant 'SYSTEM:(OI)(CI)F' 'Administrators:(OI)(CI)F' 'LOCAL SERVICE:(OI)(CI)F' | Out-Null

$action = New-ScheduledTaskAction -Execute $program -Argument "serve --home `"$State`"" -WorkingDirectory $State
$trigger = New-ScheduledTaskTrigger -AtStartup
$principal = New-ScheduledTaskPrincipal -UserId 'NT AUTHORITY\LOCAL SERVICE' -LogonType ServiceAccount
$settings = New-ScheduledTaskSettingsSet -ExecutionTimeLimit 0 -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1)
Register-ScheduledTask -TaskName $name -Action $action -Trigger $trigger -Principal $principal -Settings $settings -Force | Out-Null
Start-ScheduledTask -TaskName $name
Write-Output "The task $name is started; its settings are read from $State\config.yaml where that is there."
