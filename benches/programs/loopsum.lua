-- fixtures/loopsum.vasm: adds up a range. The argument is its length.
local total = 0
for i = 0, math.tointeger(arg[1]) - 1 do
  total = total + i
end
print(total)
