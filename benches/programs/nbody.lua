-- fixtures/nbody.vasm: simulates the outer planets. The argument is the number of steps.
local PI = 3.141592653589793
local SOLAR_MASS = 4 * PI * PI
local DAYS = 365.24

local function planets()
  local rows = {
    { 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0 },
    { 4.84143144246472090e00, -1.16032004402742839e00, -1.03622044471123109e-01,
      1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05, 9.54791938424326609e-04 },
    { 8.34336671824457987e00, 4.12479856412430479e00, -4.03523417114321381e-01,
      -2.76742510726411454e-03, 4.99852801234917238e-03, 2.30417297573763929e-05, 2.85885980666130812e-04 },
    { 1.28943695621391310e01, -1.51111514016986312e01, -2.23307578892655734e-01,
      2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05, 4.36624404335156298e-05 },
    { 1.53796971148509165e01, -2.59193146099879641e01, 1.79258772950371181e-01,
      2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05, 5.15138902046611451e-05 },
  }
  local bodies = {}
  for _, r in ipairs(rows) do
    bodies[#bodies + 1] = {
      x = r[1], y = r[2], z = r[3],
      vx = r[4] * DAYS, vy = r[5] * DAYS, vz = r[6] * DAYS,
      mass = r[7] * SOLAR_MASS,
    }
  end
  return bodies
end

local function offset_momentum(bodies)
  local px, py, pz = 0.0, 0.0, 0.0
  for _, b in ipairs(bodies) do
    px = px + b.vx * b.mass
    py = py + b.vy * b.mass
    pz = pz + b.vz * b.mass
  end
  local sun = bodies[1]
  sun.vx = -px / SOLAR_MASS
  sun.vy = -py / SOLAR_MASS
  sun.vz = -pz / SOLAR_MASS
end

local function advance(bodies, dt, steps)
  local count = #bodies
  for _ = 1, steps do
    for i = 1, count do
      local a = bodies[i]
      for j = i + 1, count do
        local b = bodies[j]
        local dx = a.x - b.x
        local dy = a.y - b.y
        local dz = a.z - b.z
        local d2 = dx * dx + dy * dy + dz * dz
        local magnitude = dt / (d2 * d2 ^ 0.5)
        local bm = b.mass * magnitude
        local am = a.mass * magnitude
        a.vx = a.vx - dx * bm
        a.vy = a.vy - dy * bm
        a.vz = a.vz - dz * bm
        b.vx = b.vx + dx * am
        b.vy = b.vy + dy * am
        b.vz = b.vz + dz * am
      end
    end
    for i = 1, count do
      local b = bodies[i]
      b.x = b.x + dt * b.vx
      b.y = b.y + dt * b.vy
      b.z = b.z + dt * b.vz
    end
  end
end

local function energy(bodies)
  local total = 0.0
  local count = #bodies
  for i = 1, count do
    local a = bodies[i]
    total = total + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, count do
      local b = bodies[j]
      local dx = a.x - b.x
      local dy = a.y - b.y
      local dz = a.z - b.z
      total = total - (a.mass * b.mass) / ((dx * dx + dy * dy + dz * dz) ^ 0.5)
    end
  end
  return total
end

local bodies = planets()
offset_momentum(bodies)
print(string.format("%.9f", energy(bodies)))
advance(bodies, 0.01, math.tointeger(arg[1]))
print(string.format("%.9f", energy(bodies)))
