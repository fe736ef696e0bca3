@echo off
rem Starts lstm-streams with the flags that it needs. Honours JAVA_HOME and JAVA_OPTS. The twin of the shell script beside it.
setlocal
set "home=%~dp0.."

if defined JAVA_HOME (set "java=%JAVA_HOME%\bin\java.exe") else (set "java=java.exe")
if defined JAVA_HOME if not exist "%java%" goto missing
if not defined JAVA_HOME for %%j in (java.exe) do if "%%~$PATH:j"=="" goto missing

rem The major version of Java: 8 calls itself 1.8.
set "version="
set "major="
for /f "tokens=3" %%v in ('call "%java%" -version 2^>^&1 ^| findstr /c:" version "') do if not defined version set "version=%%~v"
for /f "tokens=1 delims=.-+" %%v in ("%version%") do set "major=%%v"
for /f "tokens=2 delims=.-+" %%v in ("%version%") do if "%major%"=="1" set "major=%%v"
if defined major if %major% LSS 17 goto old

rem Commands that only print end before the second compiler has paid for itself.
set "compiler=-XX:+TieredCompilation"
for %%c in ("" -h --help -V --version describe model) do if "%~1"=="%%~c" set "compiler=-XX:TieredStopAtLevel=1"

rem JAVA_OPTS comes last and so wins.
"%java%" ^
  --add-modules jdk.incubator.vector ^
  --enable-native-access=ALL-UNNAMED ^
  -XX:+ExitOnOutOfMemoryError ^
  %compiler% ^
  -Djdk.console=java.base ^
  -Dsun.net.httpserver.nodelay=true ^
  "-Dlog4j2.configurationFile=%home%\config\log4j2.xml" ^
  %JAVA_OPTS% ^
  -cp "%home%\lib\*" ^
  io.lstmstreams.cli.Main %*
exit /b %ERRORLEVEL%

:missing
echo lstm-streams: no java at %java%; install a JDK 17 or later, or set JAVA_HOME>&2
exit /b 1

:old
echo lstm-streams: Java %major% at %java% is too old; install a JDK 17 or later, or set JAVA_HOME>&2
exit /b 1
