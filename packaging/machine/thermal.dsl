// A thermal zone that shows, in degrees Celsius, what is in an I/O port: the scratch register (0x2FF) of the second serial
// port, which nothing else uses. rig-temp writes it. 0, as it is at power-on, reads as 42 degrees.
DefinitionBlock ("", "SSDT", 2, "JET", "THERMAL", 1)
{
    Scope (\_SB)
    {
        OperationRegion (PORT, SystemIO, 0x2FF, 1)
        Field (PORT, ByteAcc, NoLock, Preserve) { TEMP, 8 }

        ThermalZone (TZ0)
        {
            Method (_TMP, 0, Serialized)    // in tenths of a kelvin
            {
                Local0 = TEMP
                If (Local0 == 0) { Local0 = 42 }
                Return (Local0 * 10 + 2732)
            }
            Name (_HOT, 3832)               // 110 degrees
            Name (_CRT, 4082)               // 135 degrees: the system would be shut down
            Name (_TZP, 10)                 // read each second
        }
    }
}
