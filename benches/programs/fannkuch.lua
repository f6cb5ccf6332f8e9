-- fixtures/fannkuch.vasm: flips pancakes. The argument is n. Tables from index 0, as in the fixture.
local function fannkuch(n)
  local p, q, s = {}, {}, {}
  for i = 0, n - 1 do
    p[i], q[i], s[i] = i, 0, i
  end
  local sign, max_flips, checksum = 1, 0, 0
  while true do
    local first = p[0]
    if first ~= 0 then
      for i = 1, n - 1 do
        q[i] = p[i]
      end
      local flips = 1
      while true do
        local top = q[first]
        if top == 0 then
          checksum = checksum + sign * flips
          if flips > max_flips then
            max_flips = flips
          end
          break
        end
        q[first] = first
        if first >= 3 then
          local i, j = 1, first - 1
          while i < j do
            local t = q[i]
            q[i] = q[j]
            q[j] = t
            i = i + 1
            j = j - 1
          end
        end
        first = top
        flips = flips + 1
      end
    end
    if sign == 1 then
      local t = p[0]
      p[0] = p[1]
      p[1] = t
      sign = -1
    else
      local t = p[1]
      p[1] = p[2]
      p[2] = t
      sign = 1
      for i = 2, n - 1 do
        local turns = s[i]
        if turns ~= 0 then
          s[i] = turns - 1
          break
        end
        if i == n - 1 then
          return checksum, max_flips
        end
        s[i] = i
        local front = p[0]
        for j = 0, i do
          p[j] = p[j + 1]
        end
        p[i + 1] = front
      end
    end
  end
end

local checksum, max_flips = fannkuch(math.tointeger(arg[1]))
print(checksum .. " " .. max_flips)
